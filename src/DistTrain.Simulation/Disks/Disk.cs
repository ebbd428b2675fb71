namespace DistTrain.Simulation;

/// <summary>The checkpoints on one node's disk, and what is wrong with it.</summary>
internal sealed class Disk
{
    /// <summary>Files kept; older ones are deleted.</summary>
    public const int Keep = 3;

    private readonly List<DtmFile> _files = [];

    // Faults of one kind may overlap.
    private int _fillings;
    private int _breakages;

    private bool IsBroken => _breakages > 0;

    /// <summary>By version, oldest first, good or not.</summary>
    public IReadOnlyList<DtmFile> Files => _files;

    /// <summary>Files that were found damaged when they were read.</summary>
    public int DamageFound { get; private set; }

    /// <summary>Writes fail, or do again.</summary>
    public void Fill(int change) => _fillings += change;

    /// <summary>Writes fail and reads find nothing, or no more.</summary>
    public void Break(int change) => _breakages += change;

    /// <summary>Writes and renames, which replaces one of that version.</summary>
    /// <returns>Why not, or null.</returns>
    public string? TryWrite(DtmFile file)
    {
        if (IsBroken || _fillings > 0)
        {
            return IsBroken ? "the disk does not answer" : "no space left on the disk";
        }

        _files.RemoveAll(f => f.Version == file.Version);
        int place = _files.FindIndex(f => f.Version > file.Version);
        _files.Insert(place < 0 ? _files.Count : place, file);
        if (_files.Count > Keep)
        {
            _files.RemoveAt(0);
        }

        return null;
    }

    /// <summary>The file of a version, if it is there and its checksum holds.</summary>
    public DtmFile? Read(long version)
    {
        DtmFile? file = IsBroken ? null : _files.Find(f => f.Version == version);
        if (file is { IsGood: false })
        {
            DamageFound++;
            return null;
        }

        return file;
    }

    /// <summary>The newest file whose checksum holds.</summary>
    public DtmFile? NewestGood()
    {
        for (int i = _files.Count - 1; i >= 0; i--)
        {
            if (Read(_files[i].Version) is { } good)
            {
                return good;
            }
        }

        return null;
    }

    /// <returns>False if there is no file to damage.</returns>
    public bool TryDamage(bool newest, Dice dice)
    {
        if (_files.Count == 0)
        {
            return false;
        }

        int index = newest ? _files.Count - 1 : (int)dice.Below(_files.Count);
        _files[index] = _files[index] with { Damage = 1 + dice.Below(1 << 30) };
        return true;
    }

    public void Erase() => _files.Clear();
}
