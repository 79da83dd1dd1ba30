"""Printed documents: layouts alone; what they say is put into words by the models.

What all letters look like, from the sender to the payment slip: ``collection_letter``.
The letter after a call: ``collection_call_letter``; those of a plan:
``collection_plan_letter``; all that wait to be posted, in one print:
``collection_posting``. The agreement to sign: ``collection_plan_agreement``. The sheet
that a collector takes along on paper: ``collection_case_sheet``.
"""
