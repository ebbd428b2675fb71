namespace DistTrain.Wire;

/// <summary>Limits on everything that is read or written; docs/WIRE.md lists them.</summary>
public static class WireLimits
{
    /// <summary>Behind a frame's header: a message, or a chunk of a tensor. A multiple of 64, so
    /// that each chunk of an aligned tensor is aligned, and a frame stays below 64 KiB.</summary>
    public const int PayloadBytes = 1_023 * 64;

    /// <summary>A message before the handshake is done.</summary>
    public const int StrangerBytes = 1_024;

    /// <summary>A tensor.</summary>
    public const int TensorBytes = 1 << 30;

    /// <summary>A tensor in memory that both ends share stays there if it has so many bytes;
    /// smaller ones are sent.</summary>
    public const int LeastLentBytes = 4_096;

    /// <summary>A text, such as the cause of a failure: longer ones are cut when written.</summary>
    public const int TextCharacters = 1_000;

    /// <summary>UTF-8 takes three bytes or fewer for each UTF-16 character.</summary>
    public const int TextBytes = 3 * TextCharacters;

    /// <summary>What a node or a program calls itself: longer ones are cut when written.</summary>
    public const int NameCharacters = 100;

    /// <summary>The same as UTF-8; an address has no more bytes either.</summary>
    public const int NameBytes = 3 * NameCharacters;

    /// <summary>The addresses of a message.</summary>
    public const int Addresses = 1_024;

    /// <summary>All addresses of a message together: it fits into a frame.</summary>
    public const int AddressBytes = 60_000;

    /// <summary>What the engine may attach to a tensor.</summary>
    public const int NoteBytes = 64;

    /// <summary>The highest number of a role at a node: recipients of messages.</summary>
    public const int LastRecipient = ushort.MaxValue;

    /// <summary>The workers of an assignment; one takes five bytes or fewer.</summary>
    public const int Workers = 8_192;

    /// <summary>The nodes of a message; one takes eleven bytes or fewer.</summary>
    public const int Nodes = 4_096;

    /// <summary>Fields of a message or of a part of one, unknown ones included.</summary>
    public const int Fields = 64;

    /// <summary>Messages that wait on one stream of a connection to be sent.</summary>
    public const int QueuedMessages = 16_384;

    /// <summary>Bytes of such messages, without their tensors.</summary>
    public const int QueuedBytes = 4 << 20;
}
