using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>Gives the run's data to nodes that have them not, piece by piece as they ask.
/// </summary>
internal sealed class DataServer(DataPackage package, Documents documents)
{
    private const int PieceBytes = 1 << 19;

    public PackageIdentity Identity => package.Identity;

    /// <summary>Answers on the connection that asked.</summary>
    public void Send(RequestData request, IMessageLink link)
    {
        if (request.Sha256 != package.Identity.Sha256)
        {
            link.Close(
                $"it asks for data with the hash {request.Sha256}, which are not this run's");
            return;
        }

        long left = Math.Max(0, package.Bytes - request.Offset);
        byte[] piece = new byte[Math.Min(left, PieceBytes)];
        if (piece.Length == 0)
        {
            link.Close("it asks for data behind their end");
            return;
        }

        package.Read(request.Offset, piece);
        TensorHandle tensor = documents.Add(TensorEncoding.Bytes, piece);
        documents.TrySend(
            link, new DataPart(request.Sha256, request.Offset, package.Bytes, tensor), tensor);
    }
}
