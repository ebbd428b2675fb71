using DistTrain.Learning;

namespace DistTrain.Benchmarks.Compare;

/// <summary>Data and peers of the whole steps; what is absent is null, with the reason.</summary>
internal sealed class StepSetup : IDisposable
{
    public StepSetup(DataFolders folders)
    {
        Dense = StepData.Dense();
        Mnist = StepData.TryMnist(folders, out string? noMnist);
        MnistAbsence = noMnist;
        if (Mnist is { } mnist)
        {
            MnistWork = new StepWork(
                StepData.ShareOfFeatures(mnist.Training, StepWork.ForwardSamples),
                StepData.ShareOfFeatures(mnist.Training, StepWork.GradientSamples));
        }

        PeerOnOne = PyTorch.TryStart(threads: 1, keepsMemory: true, out string? noPeer);
        PeerAbsence = noPeer;
        if (PeerOnOne is null)
            return;
        PeerAsInstalled = PyTorch.TryStart(threads: 1, keepsMemory: false, out _);
        if (MachineWatch.HasTwoCores)
            PeerOnTwo = PyTorch.TryStart(threads: 2, keepsMemory: true, out _);
    }

    public DataSplit Dense { get; }

    public DataSplit? Mnist { get; }

    public string? MnistAbsence { get; }

    /// <summary>What zeros leave to be done.</summary>
    public StepWork? MnistWork { get; }

    public PyTorch? PeerOnOne { get; }

    public PyTorch? PeerOnTwo { get; }

    /// <summary>On one thread, in an environment that says nothing about memory.</summary>
    public PyTorch? PeerAsInstalled { get; }

    public string? PeerAbsence { get; }

    public void Dispose()
    {
        PeerOnOne?.Dispose();
        PeerOnTwo?.Dispose();
        PeerAsInstalled?.Dispose();
    }
}
