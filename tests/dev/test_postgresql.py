"""The private server's folder and the user's server."""

import pytest

from tool import cluster, databases
from tool.console import Failure


def test_the_socket_is_in_the_servers_folder(tmp_path):
    assert cluster.choose_socket_folder(tmp_path / "a b") == tmp_path / "a b"


@pytest.mark.parametrize("name", ["long" * 30, "a,b"])
def test_a_name_unfit_for_a_socket_gets_a_short_folder(tmp_path, name):
    folder = cluster.choose_socket_folder(tmp_path / name)
    assert folder.parent.name == "tmp"
    assert folder == cluster.choose_socket_folder(tmp_path / name)
    assert folder != cluster.choose_socket_folder(tmp_path / f"{name},2")


def test_a_server_that_does_not_answer_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    with pytest.raises(Failure, match="doesn't answer.*Correct PGHOST"):
        cluster.ensure()


def test_the_users_server_is_not_stopped(tmp_path, monkeypatch):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    cluster.stop()
    assert cluster.environment() == {}


def test_a_filestore_is_copied_whole(tmp_path):
    source = tmp_path / "source" / "ab"
    source.mkdir(parents=True)
    (source / "abcd").write_text("content")
    databases.copy_filestore(source.parent, tmp_path / "filestore" / "copy")
    assert (tmp_path / "filestore" / "copy" / "ab" / "abcd").read_text() == "content"
