#!/bin/sh
# phonenumbers 9.0.43 (PyPI) gives whole cities the time zone of a neighbour that keeps
# another hour: time_zones_for_number() of a fixed line in Recife is its island 500 km off.
#
# Guess: the zones of a fixed line are coarse, but their clock is the one on the wall, or
# one of several; at the least a zone of the number's own country.
# Seen: one zone, with another clock. Recife: Noronha, an hour ahead all year. Brisbane
# (most numbers of 07): Sydney, an hour ahead in summer. Port Hedland: Sydney, two or three
# hours ahead. Saratov: Moscow. Whitehorse: Vancouver. Algiers and Kaliningrad: zones of
# other countries (Paris, Bucharest), an hour ahead in July.
#
# For us: by that clock, a debtor in Recife would be called at seven. The engine puts the
# answer right before it reckons with it (engine/clock.py, readme/CLOCKS.md).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    phonenumbers==9.0.43 pytz==2026.6
cat > "$folder/zones.py" <<'PYTHON'
from datetime import datetime, timezone

import phonenumbers
import pytz
from phonenumbers.timezone import time_zones_for_number

MOMENTS = [datetime(2025, month, 15, 12, tzinfo=timezone.utc) for month in (1, 7)]


def clocks(zone):
    return "/".join(
        f"{moment.astimezone(pytz.timezone(zone)):%H:%M}" for moment in MOMENTS
    )


for number, zone in (
    ("+55 81 2101 1234", "America/Recife"),
    ("+61 7 3000 1234", "Australia/Brisbane"),
    ("+61 8 5120 5123", "Australia/Perth"),
    ("+7 8452 123456", "Europe/Saratov"),
    ("+1 867 667 1234", "America/Whitehorse"),
    ("+213 21 65 43 21", "Africa/Algiers"),
    ("+7 4012 123456", "Europe/Kaliningrad"),
):
    parsed = phonenumbers.parse(number)
    assert phonenumbers.is_valid_number(parsed), number
    [said] = time_zones_for_number(parsed)
    print(f"{zone} {clocks(zone)}, said: {said} {clocks(said)}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/zones.py")
expected="America/Recife 09:00/09:00, said: America/Noronha 10:00/10:00
Australia/Brisbane 22:00/22:00, said: Australia/Sydney 23:00/22:00
Australia/Perth 20:00/20:00, said: Australia/Sydney 23:00/22:00
Europe/Saratov 16:00/16:00, said: Europe/Moscow 15:00/15:00
America/Whitehorse 05:00/05:00, said: America/Vancouver 04:00/05:00
Africa/Algiers 13:00/13:00, said: Europe/Paris 13:00/14:00
Europe/Kaliningrad 14:00/14:00, said: Europe/Bucharest 14:00/15:00"
echo "phonenumbers 9.0.43, noon in UTC on 15 January and 15 July 2025:"
echo "$seen"
if [ "$seen" != "$expected" ]; then
    echo "This has changed; expected was:" >&2
    echo "$expected" >&2
    exit 1
fi
