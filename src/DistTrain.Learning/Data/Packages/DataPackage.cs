namespace DistTrain.Learning;

/// <summary>
/// The data of a run as one stream of bytes with one hash (<see cref="PackageFormat"/>), for
/// workers that have nothing but the program. The bytes are made from the data sets when they are
/// read: there is no second copy, and reading allocates nothing. Any thread may read.
/// </summary>
public sealed class DataPackage : IPackageSource
{
    private readonly DataSplit _data;
    private readonly PackageSection[] _sections;
    private readonly Lazy<PackageIdentity> _identity;

    /// <exception cref="DataException">More data than a package may hold.</exception>
    public DataPackage(DataSplit data)
    {
        ArgumentNullException.ThrowIfNull(data);
        _data = data;
        PackageSection[] sets = [.. Sets(data).SelectMany(SectionsOf)];
        long setBytes = sets.Sum(section => section.Length);
        byte[] prefix = PackageFormat.Prefix(data.Scaling.ToState(), setBytes);
        _sections = [new FixedSection(prefix), .. sets];
        Bytes = prefix.Length + setBytes;
        if (Bytes > PackageLimits.Bytes)
        {
            throw new DataException(
                $"{data.Training.Name}: {Bytes:N0} bytes of data are more than the " +
                $"{PackageLimits.Bytes:N0} that are sent to workers. Set dataLimit, or put the " +
                "files on every machine.");
        }

        _identity = new Lazy<PackageIdentity>(() =>
        {
            Materialise(_data);
            return PackageIdentity.Of(this);
        });
    }

    /// <summary>Read from end to end when it is first asked for, which makes generated data.
    /// </summary>
    public PackageIdentity Identity => _identity.Value;

    /// <inheritdoc/>
    public long Bytes { get; }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Bytes - destination.Length);
        foreach (PackageSection section in _sections)
        {
            if (offset < section.Length)
            {
                int count = (int)Math.Min(destination.Length, section.Length - offset);
                section.Read(offset, destination[..count]);
                destination = destination[count..];
                offset = 0;
            }
            else
            {
                offset -= section.Length;
            }
        }
    }

    private static Dataset?[] Sets(DataSplit data) => [data.Training, data.Validation, data.Test];

    private static IEnumerable<PackageSection> SectionsOf(Dataset? set)
    {
        yield return new FixedSection(PackageFormat.SetHead(set));
        if (set is not null)
        {
            yield return set.IsBytes ? new ByteSection(set) : new FloatSection(set);
            yield return new LabelSection(set);
        }
    }

    /// <summary>Samples that are made when they are first read: now, on all cores.</summary>
    private static void Materialise(DataSplit data)
    {
        foreach (Dataset? set in Sets(data))
        {
            if (set is { IsGenerated: true, IsBytes: true })
            {
                Parallel.For(0, set.Count, i => set.ReadBytes(i));
            }
        }
    }
}
