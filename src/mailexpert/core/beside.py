"""Every path that works beside the wall between accounts, and why. A path that isn't here can't be written."""

from enum import Enum


class Beside(Enum):
    MIGRATE = "making and changing tables, policies and grants"
    TESTS = "making and emptying the test database"
    LOGIN = "finding the accounts of the user who logs in, before one of them is chosen"
    REGISTER = "making a new account, which nobody is inside of yet"
    NOTICE = "mailing a person about their login, which belongs to no account"
    CATCHER = (
        "showing the mails that the built-in catcher keeps; they belong to the machine, not to an account"
    )
    STOP = "a reader of a mail stops it; the signed token names account, mailing and person"
    SIGNUP = "finding a visitor's form by its random name; pacing sign-ups of one address over all accounts"
    IMAGE = "showing an image to the reader of a mail; its random name is the key"
    SCHEDULE = "finding what is due over all accounts; the work itself runs inside each account"
    OPERATE = "commands that the operator gives on the machine"
    SLOTS = "indexing a column that segments look into; one index serves all accounts"
    PROMISES = "checking on the running system that what the policy promises is so, for all accounts"
    RETENTION = "deleting over all accounts what is older than the data register allows"
    LEDGER = "sealing the lines of the consent ledger, whose numbers all accounts share"
    SAMPLE = "making the sample account and the operator's account on a fresh installation"
    ATTRIBUTE = (
        "linking a registration to its advertisement, for who agreed to that; adding such ones up for staff"
    )
    ERASE = "erasing an account whose time to come back is over"
    FORGET = "erasing a person from what no role of an account may change: caught mails, lines that are only added to"
    REPLAY = "cleaning a restored backup of everyone who was erased since it was made"
    DISCLOSE = "collecting what two people approved to be given on a legal ground"
    CONSOLE = "listing accounts by name for staff who signed; their data opens only with a reason that they can read"
    STATISTICS = "adding up accounts for figures with noise; no single account comes out"
    TESTIMONIALS = "showing what accounts agreed to have shown in public"
    CUSTOMERS = "keeping the operator's customers in step: name, address, language and choice of mails"
    TOLD = "writing down, in each account's own record, what it was told about policy and agreements"
