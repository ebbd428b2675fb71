namespace DistTrain.Learning;

/// <summary>
/// Draws the digits: an index of a source to 28 × 28 bytes, 0 paper and 255 ink. One artist
/// belongs to one thread; every artist draws the same image for the same address.
/// Determinism: integers and binary32 + − × ÷ √ only, so the bytes are the same on every machine.
/// </summary>
internal sealed class DigitArtist
{
    private readonly PenPath _path = new();
    private readonly ElasticField _field = new();
    private readonly InkCanvas _canvas = new();

    public void Draw(DigitSource source, int index, Span<byte> pixels)
    {
        DigitRandom random = source.WordsOf(index);
        int label = random.Below(DigitSource.Classes);
        Glyph[] ways = DigitGlyphs.ByDigit[label];
        Glyph glyph = ways[random.Below(ways.Length)];
        var style = new DigitStyle(ref random);
        _path.Write(glyph, style, ref random);
        _field.Draw(ref random, style.Elastic);
        _path.Distort(_field);
        _canvas.Clear();
        _canvas.Draw(_path);
        _canvas.Develop(style.Blur, style.Ink, pixels);
    }
}
