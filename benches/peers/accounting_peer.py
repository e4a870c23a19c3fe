"""What Google's dp-accounting says of the losses that crates/privacy is tested with.

    python3 -m venv venv && venv/bin/pip install dp-accounting==0.6.0
    venv/bin/python benches/peers/accounting_peer.py

Prints, for each loss rho of one Gaussian release and each delta, the epsilon of its accountant of
Renyi orders (over a fine grid of orders, the bound that we use) and of its accountant of privacy
loss distributions (tight for one Gaussian, so nothing true is below it).
"""

import math

import dp_accounting
from dp_accounting.pld import pld_privacy_accountant
from dp_accounting.rdp import rdp_privacy_accountant

ORDERS = [1 + math.exp(step / 200) for step in range(-1600, 2800)]
CASES = [(0.001, 10**6), (0.0244, 10**6), (0.311, 10**6), (1.05, 10**6), (5.0, 10**10)]

print("rho\tdelta\trdp\tpld")
for rho, one_in in CASES:
    release = dp_accounting.GaussianDpEvent(1 / math.sqrt(2 * rho))
    renyi = rdp_privacy_accountant.RdpAccountant(orders=ORDERS).compose(release)
    loss = pld_privacy_accountant.PLDAccountant().compose(release)
    delta = 1 / one_in
    print(f"{rho}\t{delta}\t{renyi.get_epsilon(delta):.9f}\t{loss.get_epsilon(delta):.9f}")
