#!/usr/bin/env python3
"""Clustering beside its peers, on the same data in the same run: CPU seconds, peak memory, and what was reached.

    cargo build --release -p cluster --example peer
    python3 benches/cluster.py --binary target/release/examples/peer [kmeans] [average] [hdbscan] [consensus] [fusion] [--patients N]

kmeans   100,000 and 500,000 patients × 50 features, k = 10, one start: scikit-learn; inertia printed for both
average  10,000 × 50, average linkage: fastcluster; the sum of all heights printed for both
hdbscan  10,000 × 50: scikit-learn; groups and noise printed for both
consensus  500 × 2,000, 1,000 resamples of 80 % of the patients, average linkage on 1 - Pearson's correlation, k = 2 … 10:
         ConsensusClusterPlus (Debian: r-bioc-consensusclusterplus); the sum of all consensus matrices printed for both
fusion   4,000 patients, two tables of 50, 20 neighbours, 20 rounds: snfpy, where --patients can make it smaller

The peers are installed into a virtual environment of their own (`--environment`, by default under the temporary folder).
CPU seconds are those of the whole process less those of one that only reads the data.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PEERS = ["numpy", "scikit-learn", "fastcluster", "snfpy"]

DATA = """
import sys, numpy as np
from sklearn.datasets import make_blobs
n, p, seed = map(int, sys.argv[2:5])
x, _ = make_blobs(n_samples=n, n_features=p, centers=10, cluster_std=4.0, random_state=seed)
x.astype("<f8").tofile(sys.argv[1])
"""

PEER = """
import sys, numpy as np
method, n, p, k, *paths = sys.argv[1:]
n, p, k = int(n), int(p), int(k)
tables = [np.fromfile(path, "<f8").reshape(n, p) for path in paths]
x = tables[0]
# The imports are made in the reading run as well, so that they do not count.
from sklearn.cluster import HDBSCAN, KMeans
import fastcluster
if method == "kmeans":
    print(KMeans(k, n_init=1, random_state=SEED).fit(x).inertia_)
elif method == "average":
    print(fastcluster.linkage(x, "average")[:, 2].sum())
elif method == "hdbscan":
    labels = HDBSCAN(min_cluster_size=k, min_samples=k, copy=True).fit(x).labels_
    print(labels.max() + 1, "noise", (labels < 0).sum())
elif method == "fusion":
    import snf
    affinities = [snf.make_affinity(t, metric="sqeuclidean", K=20, mu=0.5, normalize=False) for t in tables]
    print(snf.snf(*affinities, K=20, t=20, alpha=1.0).sum())
"""

CONSENSUS = """
arguments <- commandArgs(TRUE)
n <- as.integer(arguments[2]); p <- as.integer(arguments[3])
d <- matrix(readBin(arguments[1], "double", n * p), nrow = p)
colnames(d) <- seq_len(n)
suppressMessages(library(ConsensusClusterPlus))
if (arguments[4] == "read") quit()
pdf(NULL)
found <- ConsensusClusterPlus(d, maxK = 10, reps = 1000, pItem = 0.8, pFeature = 1, clusterAlg = "hc", innerLinkage = "average",
                              finalLinkage = "average", distance = "pearson", seed = 1, plot = NULL)
cat(sum(sapply(2:10, function(k) sum(found[[k]]$consensusMatrix))), "\n")
"""


def environment(folder):
    """The Python of the peers' environment, made where it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
    return python


def run(command):
    """CPU seconds, peak memory in MB, and what was printed."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(list(map(str, command)), stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().strip()
    if process.returncode != 0:
        sys.exit(f"{command[:3]}: exit status {process.returncode}\n{said}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, " ".join(said.split("\n"))


def compare(python, binary, method, n, k, paths, seeds):
    """One line for ours and one for the peer: the median over seeds, each with what was reached."""
    idle = run([python, "-c", PEER.replace("SEED", "1"), "read", n, 50, k, *paths])[0]
    ours_idle = run([binary, "read", paths[0], n, 50, k])[0]
    ours, peer = [], []
    for seed in seeds:
        ours.append(run([binary, method, paths[0], n, 50, k, *paths[1:]]))
        peer.append(run([python, "-c", PEER.replace("SEED", str(seed)), method, n, 50, k, *paths]))
    cpu = [statistics.median(r[0] for r in runs) - base for runs, base in ((ours, ours_idle), (peer, idle))]
    for name, runs, seconds in (("rxstrata", ours, cpu[0]), ("peer", peer, cpu[1])):
        reached = " | ".join(dict.fromkeys(r[2] for r in runs))
        print(f"{method:8} {n:7} {name:9} CPU {seconds:8.2f} s, peak {max(r[1] for r in runs):6.0f} MB, {reached}")
    print(f"{method:8} {n:7} ratio {cpu[0] / cpu[1]:.3f}", flush=True)


def consensus(python, binary, folder):
    """The same for the consensus, whose peer is an R package."""
    n, p = 500, 2000
    path, script = Path(folder) / "consensus.f64", Path(folder) / "consensus.R"
    subprocess.run([python, "-c", DATA, path, str(n), str(p), "7"], check=True)
    script.write_text(CONSENSUS)
    seconds = []
    for name, idle, full in (
        ("rxstrata", [binary, "read", path, n, p, 10], [binary, "consensus", path, n, p, 10]),
        ("peer", ["Rscript", script, path, n, p, "read"], ["Rscript", script, path, n, p, "run"]),
    ):
        base, (cpu, peak, said) = run(idle)[0], run(full)
        seconds.append(cpu - base)
        print(f"consensus {n:6} {name:9} CPU {seconds[-1]:8.2f} s, peak {peak:6.0f} MB, {said.split()[-1]}")
    print(f"consensus {n:6} ratio 1 : {seconds[1] / seconds[0]:.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--environment", type=Path, default=Path(tempfile.gettempdir()) / "rxstrata-cluster-peers")
    parser.add_argument("--patients", type=int, default=4000, help="patients of the fusion")
    parser.add_argument("what", nargs="*", default=[])
    options = parser.parse_args()
    what = options.what or ["kmeans", "average", "hdbscan", "consensus", "fusion"]
    python = environment(options.environment)
    with tempfile.TemporaryDirectory() as folder:

        def data(n, seed):
            path = Path(folder) / f"{n}-{seed}.f64"
            if not path.exists():
                subprocess.run([python, "-c", DATA, path, str(n), "50", str(seed)], check=True)
            return path

        if "kmeans" in what:
            for n in (100_000, 500_000):
                compare(python, options.binary, "kmeans", n, 10, [data(n, 7)], (1, 2, 3))
        if "average" in what:
            compare(python, options.binary, "average", 10_000, 10, [data(10_000, 7)], (1,))
        if "hdbscan" in what:
            compare(python, options.binary, "hdbscan", 10_000, 10, [data(10_000, 7)], (1,))
        if "consensus" in what:
            consensus(python, options.binary, folder)
        if "fusion" in what:
            n = options.patients
            compare(python, options.binary, "fusion", n, 10, [data(n, 7), data(n, 8)], (1,))


if __name__ == "__main__":
    main()
