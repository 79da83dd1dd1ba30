from . import test_link_by_sms
