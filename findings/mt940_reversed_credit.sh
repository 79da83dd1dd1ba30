#!/bin/sh
# mt-940 5.1.0 (PyPI) reads the mark RC of field :61:, the reversal of a credit, as money
# that came in. RD, the reversal of a debit, has the right sign.
#
# Guess: RC is negative, since SWIFT's MT940 takes a reversed credit off the balance, and
# the transactions of a statement add up to the difference of its balances.
# Seen: RC 250.00 is +250.00, so a statement whose balances are equal adds up to 500.00.
#
# For us: a returned payment that was imported like this looks like a second receipt. A
# bank line is believed to be money only until somebody has matched it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mt-940==5.1.0
cat > "$folder/read.py" <<'PYTHON'
import mt940

STATEMENT = """:20:START
:25:DE02120300000000202051/EUR
:28C:00001/001
:60F:C260301EUR1000,00
:61:2603020302C250,00NTRFNONREF//A1
:86:166?00GUTSCHRIFT?20INV/2026/00059?32MUSTER GMBH
:61:2603040304RC250,00NRTINONREF//A2
:86:109?00RUECKLASTSCHRIFT?20INV/2026/00059?32MUSTER GMBH
:61:2603050305D100,00NTRFNONREF//A3
:86:116?00UEBERWEISUNG?20MIETE?32HAUS AG
:61:2603060306RD100,00NRTINONREF//A4
:86:109?00RUECKUEBERWEISUNG?20MIETE?32HAUS AG
:62F:C260306EUR1000,00
-
"""
transactions = list(mt940.parse(STATEMENT))
for transaction in transactions:
    print(transaction.data["status"], transaction.data["amount"].amount)
print("sum", sum(transaction.data["amount"].amount for transaction in transactions))
PYTHON
seen=$("$folder/venv/bin/python" "$folder/read.py")
expected="C 250.00
RC 250.00
D -100.00
RD 100.00
sum 500.00"
echo "mt-940 5.1.0:"
echo "$seen"
if [ "$seen" != "$expected" ]; then
    echo "This has changed; expected was:" >&2
    echo "$expected" >&2
    exit 1
fi
