namespace DistTrain.Learning;

/// <summary>
/// The hand that writes one image. Lengths are in pixels, except the jitter, which is in heights
/// of the glyph's box.
/// </summary>
internal readonly struct DigitStyle
{
    public DigitStyle(ref DigitRandom random)
    {
        // Most writers are tidy; the square makes a tail of careless ones.
        float care = random.Between(0, 1);
        float carelessness = 0.7f + (1.1f * care * care);

        Height = 18.6f + (1.3f * random.Bell());
        float width = Height * (0.88f + (0.14f * random.Bell()));
        Jitter = 0.031f * carelessness;
        Elastic = 0.95f * carelessness;

        // Rotation by 2·atan(t), from rational functions instead of sine and cosine.
        float t = 0.075f * random.Bell();
        float scale = 1 / (1 + (t * t));
        float cosine = (1 - (t * t)) * scale;
        float sine = 2 * t * scale;
        float slant = 0.1f + (0.22f * random.Bell());
        XX = cosine * width;
        YX = sine * width;
        XY = ((cosine * -slant) - sine) * Height;
        YY = ((sine * -slant) + cosine) * Height;

        ShiftX = 0.9f * random.Bell();
        ShiftY = 0.9f * random.Bell();

        float thickness = random.Between(0, 1);
        PenRadius = 0.75f + (1.05f * thickness * thickness) + random.Between(0, 0.35f);
        PressureSlope = 0.22f * random.Bell();
        PressureBow = random.Between(-0.15f, 0.3f);
        Ink = random.Between(0.82f, 1.12f);
        Blur = random.Between(0, 0.7f);
    }

    /// <summary>Of the glyph's box.</summary>
    public float Height { get; }

    /// <summary>Standard deviation of a control point's displacement.</summary>
    public float Jitter { get; }

    /// <summary>Standard deviation of the elastic field.</summary>
    public float Elastic { get; }

    /// <summary>Box to pixels: x = XX · u + XY · v, y = YX · u + YY · v.</summary>
    public float XX { get; }

    public float XY { get; }

    public float YX { get; }

    public float YY { get; }

    /// <summary>Of the digit's centre from the image's.</summary>
    public float ShiftX { get; }

    public float ShiftY { get; }

    public float PenRadius { get; }

    /// <summary>Relative change of the radius from the middle of the writing to its end.</summary>
    public float PressureSlope { get; }

    /// <summary>Relative change of the radius towards both ends of the writing.</summary>
    public float PressureBow { get; }

    /// <summary>Ink where the pen covers a pixel; above 1 saturates.</summary>
    public float Ink { get; }

    /// <summary>Share of the blurred image in the final one.</summary>
    public float Blur { get; }
}
