"""What people and programs enter, whichever way it comes.

``collection_entry`` refuses days, amounts, numbers and texts that nothing can be done
with, in words, before anything is reckoned with them. All models of the addon that
somebody writes to inherit it; a test makes sure of that.
"""

from . import collection_entry
