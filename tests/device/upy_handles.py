"""Handles of one instance in the hands of another: a function acts for the instance that it was given to."""

import machine
from modules import load

LED, MINE = 25, 2


def _pair():
    lender = load("lender", grants={"led": ("gpio.out", LED)}, memory=4096)
    return lender, load("borrower", imports={"lender": lender}, grants={"mine": ("gpio.out", MINE)}, memory=4096)


def _driven():
    return [call[1:] for call in machine.calls if call[0] == "value"]


def test_a_handle_means_nothing_to_a_function_of_another_instance():
    _, borrower = _pair()
    handle = borrower.open()
    for function in (borrower.lent, borrower.used):
        assert function(handle) == 8
    assert _driven() == []
    assert borrower.own(handle) == 0
    assert _driven() == [(MINE, 1)]


def test_a_function_that_was_lent_acts_for_the_lender():
    lender, borrower = _pair()
    handle = borrower.open()
    assert lender.open() == handle == 3  # the same number, in two tables
    assert borrower.lent(handle) == borrower.used(handle) == 0
    assert _driven() == [(LED, 1)] * 2
    assert lender.close_it(handle) == 0
    assert (borrower.lent(handle), borrower.used(handle), borrower.own(handle)) == (8, 8, 0)


def test_what_one_gives_back_the_other_keeps():
    lender, borrower = _pair()
    lender.open()
    handle = borrower.open()
    borrower.close()
    assert borrower.own(handle) == 8 and borrower.lent(handle) == 0
    lender.close()
    assert borrower.lent(handle) == 8
    assert borrower.open() == handle
    assert (borrower.own(handle), borrower.lent(handle)) == (0, 8)
