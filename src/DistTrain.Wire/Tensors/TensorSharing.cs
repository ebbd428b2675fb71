namespace DistTrain.Wire;

/// <summary>That both ends of a connection can map each other's tensors.</summary>
/// <param name="Borrower">The other end's number at those who lend here; no other connection of
/// this process has it.</param>
/// <param name="Memory">Maps what the other end lends.</param>
public sealed record TensorSharing(int Borrower, ITensorBorrower Memory);

/// <summary>Memory of this process in which tensors stand that others may read and write where
/// they are. For all threads.</summary>
public interface ITensorLender
{
    /// <summary>A borrower whose connection is over may still read it: it is lent no more.
    /// </summary>
    bool IsLost { get; }

    /// <summary>The borrower has given back all that it was lent.</summary>
    bool IsBack(int borrower);

    /// <summary>A tensor is the borrower's from now on, until it gives it back.</summary>
    /// <param name="borrower">See <see cref="TensorSharing"/>.</param>
    /// <param name="offset">Bytes before the tensor.</param>
    TensorPlace Lend(int borrower, long offset);

    /// <summary>The connection to the borrower is over. What it has not given back it may still
    /// read: that is never written again.</summary>
    void Lose(int borrower);
}

/// <summary>Memory of other processes. For the thread that receives.</summary>
public interface ITensorBorrower
{
    /// <summary>Maps a tensor that the other end lends.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="elements">Numbers in binary32.</param>
    /// <exception cref="WireException">There is no such memory, or it cannot be mapped.</exception>
    BorrowedTensor Borrow(in TensorPlace place, int elements);
}

/// <summary>A tensor of another process; disposing of it gives it back.</summary>
public abstract class BorrowedTensor : IDisposable
{
    /// <summary>The receiver's own until it gives them back.</summary>
    public abstract Memory<float> Values { get; }

    /// <summary>They are not looked at any more. Once, by any thread.</summary>
    public void Dispose()
    {
        Return();
        GC.SuppressFinalize(this);
    }

    /// <summary>At most once, if it was disposed of; by the finalizer else.</summary>
    protected abstract void Return();
}
