using System.Net;
using System.Net.Sockets;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Counts connections whose handshake is not done: all of them, and those of one address, so that
/// one machine that is silent on many connections does not shut the others out. Safe for several
/// threads.
/// </summary>
internal sealed class Strangers(int most, int mostOfAddress)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <returns>Null: it is counted until <see cref="Remove"/>; else why it is not let in.
    /// </returns>
    public string? TryAdd(IPAddress address)
    {
        IPAddress from = Place(address);
        lock (_gate)
        {
            int others = _byAddress.GetValueOrDefault(from);
            if (others >= mostOfAddress)
            {
                return $"{mostOfAddress} others from there are in their handshake";
            }

            if (_count >= most)
            {
                return $"{most} others are in their handshake";
            }

            _count++;
            _byAddress[from] = others + 1;
            return null;
        }
    }

    public void Remove(IPAddress address)
    {
        IPAddress from = Place(address);
        lock (_gate)
        {
            _count--;
            if (--_byAddress[from] == 0)
            {
                _byAddress.Remove(from);
            }
        }
    }

    /// <summary>Of IPv6 the first 64 bits: whoever has a network has all its addresses.</summary>
    private static IPAddress Place(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
