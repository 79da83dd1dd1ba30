#!/bin/sh
# holidays 0.109 (PyPI) names the holidays of a country in a language that depends on the
# environment of the process, where none is asked for or one that it doesn't have.
#
# Guess: country_holidays("DE") has the names of default_language, which is "de", and a
# language that isn't supported is refused or answered in the default one.
# Seen: the same call gives "Erster Mai" without LANG and "Labor Day" with LANG=C.UTF-8, as
# containers and services have it; with LANG=uk_UA.UTF-8 it is Ukrainian. An unsupported
# language ("xx") behaves the same way and raises nothing.
#
# For us: a list of holidays would read in English from a scheduled action and in the
# country's language on the developer's machine. We always pass a supported language.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    holidays==0.109 python-dateutil==2.9.0.post0 six==1.17.0
cat > "$folder/name.py" <<'PYTHON'
from datetime import date

from holidays import country_holidays

DAY = date(2026, 5, 1)
options = {}, {"language": "xx"}, {"language": "de"}
print(" / ".join(country_holidays("DE", years=2026, **o)[DAY] for o in options))
PYTHON
say() {
    printf '%s: ' "${1:-no LANG}"
    env -u LANGUAGE -u LC_ALL -u LC_MESSAGES LANG="$1" PYTHONUTF8=1 \
        "$folder/venv/bin/python" "$folder/name.py"
}
seen=$(say "" && say C.UTF-8 && say fr_FR.UTF-8 && say uk_UA.UTF-8)
expected="no LANG: Erster Mai / Erster Mai / Erster Mai
C.UTF-8: Labor Day / Labor Day / Erster Mai
fr_FR.UTF-8: Erster Mai / Erster Mai / Erster Mai
uk_UA.UTF-8: День праці / День праці / Erster Mai"
echo "holidays 0.109, 1 May in Germany without a language, with an unknown one, in German:"
echo "$seen"
if [ "$seen" != "$expected" ]; then
    echo "This has changed; expected was:" >&2
    echo "$expected" >&2
    exit 1
fi
