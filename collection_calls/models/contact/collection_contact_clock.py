from datetime import timezone
from typing import NamedTuple

import pytz

from odoo import api, models

from ...engine import contact_window as engine
from ...engine import phone


class Callee(NamedTuple):
    """Whom somebody is about to call, and on which number."""

    debtor: models.BaseModel
    person: models.BaseModel
    number: str


class CollectionContactClock(models.AbstractModel):
    """What the clock says where a phone rings."""

    _name = "collection.contact.clock"
    _description = "Clocks of Debtors"

    @api.model
    def _say_local_time(self, company, callee, moment):
        """Where the debtor is and what the clock says there: “Berlin 10:42”.

        :param moment: aware
        :return: False where nobody can tell
        """
        zone = self._find_clock(company, callee, moment)
        if not zone:
            return False
        clock = moment.astimezone(pytz.timezone(zone))
        is_in_city = self._is_in_city(company, callee, zone, moment)
        place = (is_in_city and callee.debtor.city) or say_place(zone)
        return f"{place} {clock:%H:%M}"

    @api.model
    def _find_clock(self, company, callee, moment):
        """A time zone that tells the hour at the debtor's, or None if nobody knows it.

        Several time zones will do if their clocks show the same; where they don't, the
        debtor's country counts if it has one clock.

        :param moment: aware
        """
        country = _get_country_zones(callee.debtor)
        zones = self._find_zones(company, callee, moment)
        # A British mobile may ring in Guernsey, too, but one says London.
        zones = sorted(zones, key=lambda name: name not in country[:1])
        shared = engine.shared_clock
        return shared(zones, moment) or shared(country, moment)

    @api.model
    def _is_in_city(self, company, callee, zone, moment):
        """Whether a time zone surely tells the hour in the debtor's city, too."""
        country = _get_country_zones(callee.debtor)
        is_own = zone in self._find_own_zones(company, callee, moment)
        return is_own or bool(engine.shared_clock([zone, *country], moment))

    @api.model
    def _get_zones(self, company, callee, moment):
        """Time zones in which the phone may ring.

        The person's or the debtor's own, else those of the number, else the company's.

        :param moment: aware
        """
        zones = self._find_zones(company, callee, moment)
        return zones or (company._get_collection_tz().zone,)

    @api.model
    def _find_zones(self, company, callee, moment):
        """The same, empty if neither the people nor the number say anything."""
        own = self._find_own_zones(company, callee, moment)
        return own or self._find_number_zones(company, callee)

    @api.model
    def _find_own_zones(self, company, callee, moment):
        """The time zone of the person, else of the debtor, as far as it may be theirs.

        Odoo gives a new contact the time zone of the user who creates it, and shows it
        nowhere. So it doesn't count where nobody in the contact's country, or where the
        number rings, reads that clock.
        """
        number = self._find_number_zones(company, callee)
        for partner in callee.person, callee.debtor:
            if partner.tz in pytz.all_timezones_set:
                places = _get_country_zones(partner) or number or [partner.tz]
                clocks = [[partner.tz, place] for place in places]
                if any(engine.shared_clock(pair, moment) for pair in clocks):
                    return (partner.tz,)
        return ()

    @api.model
    def _find_number_zones(self, company, callee):
        zones = phone.time_zones(callee.number, self._get_region(company, callee))
        return tuple(name for name in zones if name in pytz.all_timezones_set)

    @api.model
    def _get_region(self, company, callee):
        """ISO code of the country from which the callee's number is dialled."""
        return (callee.debtor.country_id or company.country_id).code


def aware(moment):
    return moment.replace(tzinfo=timezone.utc)


def say_place(zone):
    """The city in the name of a time zone."""
    return zone.split("/")[-1].replace("_", " ")


def _get_country_zones(partner):
    """Names of the time zones in the partner's country, the main one first."""
    return pytz.country_timezones.get(partner.country_id.code or "", [])
