using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>A slice's state that comes in pieces, in the order in which it is sent.</summary>
internal sealed class IncomingCopy
{
    private readonly ParameterInterval _interval;
    private readonly Generation _generation;
    private readonly long _version;
    private readonly float[][] _sections;
    private readonly int[] _received = new int[StateSections.Count];
    private readonly ArrayBufferWriter<byte> _diary = new();
    private readonly bool _hasDiary;

    /// <param name="interval">Of the slice.</param>
    /// <param name="moments">That the optimizer keeps.</param>
    /// <param name="mayHaveBest">Best parameters may be among it.</param>
    /// <param name="generation">In which it was asked for.</param>
    /// <param name="version">Of the state.</param>
    public IncomingCopy(
        ParameterInterval interval, int moments, bool mayHaveBest, Generation generation,
        long version)
    {
        _interval = interval;
        _hasDiary = interval.Start == 0;
        (_generation, _version) = (generation, version);
        _sections = [.. StateSections.Lengths(interval, moments, mayHaveBest)
            .Select(length => new float[length])];
    }

    /// <summary>All has come.</summary>
    /// <param name="hasBest">The best parameters are among it; there may be none yet.</param>
    public bool IsWhole(bool hasBest)
    {
        int numbers = StateSections.Count - 1;
        bool isWhole = Enumerable.Range(0, numbers)
            .All(section => _received[section] == _sections[section].Length);
        return isWhole && _received[numbers] == (hasBest ? _sections[numbers].Length : 0)
            && (!_hasDiary || Diary is not null);
    }

    public bool IsOf(Generation generation, long version) =>
        (_generation, _version) == (generation, version);

    /// <returns>False if it is not the next piece of its section; a first one begins it anew.
    /// </returns>
    public bool TryAdd(int section, int offset, ReadOnlySpan<byte> bytes)
    {
        if (section == StateSections.Diary)
        {
            return TryAddToDiary(offset, bytes);
        }

        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(bytes);
        bool isThere = section >= 0 && section < StateSections.Count
            && (offset == 0 || offset == _received[section])
            && values.Length <= _sections[section].Length - offset;
        if (isThere)
        {
            values.CopyTo(_sections[section].AsSpan(offset));
            _received[section] = offset + values.Length;
        }

        return isThere;
    }

    /// <summary>Slice 0's, once it has come; else null.</summary>
    public DiaryState? Diary
    {
        get
        {
            try
            {
                return _diary.WrittenCount == 0 ? null : DiaryState.Parse(_diary.WrittenSpan);
            }
            catch (JsonException)
            {
                return null; // a piece is missing, or it is another program's
            }
        }
    }

    public SliceView View() => new(
        _interval, _sections[0], _sections[1], _sections[2], null,
        _received[^1] == 0 ? [] : _sections[^1]);

    public SliceSaved ToSaved(long? bestVersion) => new(
        _version, _sections[0], _sections[1], _sections[2], bestVersion, _sections[^1], Diary);

    private bool TryAddToDiary(int offset, ReadOnlySpan<byte> bytes)
    {
        if (offset == 0)
        {
            _diary.ResetWrittenCount();
        }

        bool fits = _hasDiary && offset == _diary.WrittenCount
            && bytes.Length <= DiaryState.MostBytes - offset;
        if (fits)
        {
            _diary.Write(bytes);
        }

        return fits;
    }
}
