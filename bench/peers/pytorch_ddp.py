"""Whole training steps of PyTorch's DistributedDataParallel over gloo on loopback.

    pytorch_ddp.py NETWORK BATCH SECONDS [PROCESSES]

NETWORK is a number of pytorch_steps.NETWORKS, BATCH the samples of a step in all processes
together. A step is that of pytorch_steps.py, on a share of the batch, with one thread a process. The
first tenth of the time is not counted. Prints samples a second, or "absent REASON".
"""

import os
import sys
import time

import pytorch_steps

STEPS_BETWEEN_LOOKS = 20


def work(rank, network, batch, seconds, processes):
    import torch
    import torch.distributed as dist

    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=processes)
    torch.manual_seed(1)
    data = (torch.rand(pytorch_steps.SAMPLES, pytorch_steps.FEATURES),
            torch.randint(0, pytorch_steps.CLASSES, (pytorch_steps.SAMPLES,)))
    units, activations, dropout, _ = pytorch_steps.NETWORKS[network]
    training = pytorch_steps.Training(
        torch, data, units, activations, dropout, batch // processes)
    training.model = torch.nn.parallel.DistributedDataParallel(training.model)
    training.optimizer = torch.optim.Adam(training.model.parameters(), foreach=True)
    training.shuffle()

    def run(until):
        """All processes do the same number of steps: the first one's clock decides."""
        steps, began, goes_on = 0, time.perf_counter(), torch.ones(1)
        while goes_on[0] > 0:
            for _ in range(STEPS_BETWEEN_LOOKS):
                training.step()
            steps += STEPS_BETWEEN_LOOKS
            goes_on[0] = float(time.perf_counter() - began < until)
            dist.broadcast(goes_on, 0)
        return steps, time.perf_counter() - began

    run(pytorch_steps.WARM_UP * seconds)
    steps, spent = run(seconds)
    if rank == 0:
        print(steps * batch / spent, flush=True)
    dist.destroy_process_group()


def main():
    try:
        import torch.multiprocessing as multiprocessing
    except ImportError as problem:
        print("absent", problem)
        return
    network, batch, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    processes = int(sys.argv[4]) if len(sys.argv) > 4 else 2
    if "MASTER_PORT" not in os.environ:
        import socket
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            os.environ["MASTER_PORT"] = str(probe.getsockname()[1])
    multiprocessing.spawn(work, (network, batch, seconds, processes), nprocs=processes)


if __name__ == "__main__":
    main()
