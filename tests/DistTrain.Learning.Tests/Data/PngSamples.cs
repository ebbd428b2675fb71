namespace DistTrain.Learning.Tests;

/// <summary>PNG files that make_pngs.py (beside this file) wrote, in base64.</summary>
internal static class PngSamples
{
    public static byte[] Get(string name) => Convert.FromBase64String(Files[name]);

    private static readonly Dictionary<string, string> Files = new()
    {
        ["gray 1"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAQAAAAC1D1u3AAAADElEQVR4nGNIYFgAAAHEAQFkujO/" +
            "AAAAAElFTkSuQmCC",
        ["gray 2"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAgAAAADyryFnAAAADElEQVR4nGOQYHgCAAEwAP1WzRxz" +
            "AAAAAElFTkSuQmCC",
        ["gray 4"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACBAAAAAB979THAAAADklEQVR4nGPgb2AQMgAAAqUA0oKf" +
            "NioAAAAASUVORK5CYII=",
        ["gray 8"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAEElEQVR4nGNgaPjPwCUiBwAIZwG8" +
            "nGc1oAAAAABJRU5ErkJggg==",
        ["gray 16"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAAAAADoj+WFAAAAFklEQVR4nGNgYGho+P+fgZGRiYmh" +
            "HgAcFQOELPYgBgAAAABJRU5ErkJggg==",
        ["gray alpha"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAQAAAA3fa6RAAAAFklEQVR4nGP4//9/w38GhpT/KcYM" +
            "/wE8XAd2vqB2KgAAAABJRU5ErkJggg==",
        ["gray key"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAAnRSTlMAgJsrThgAAAAQSURBVHic" +
            "Y2Bo+M/AJSIHAAhnAbycZzWgAAAAAElFTkSuQmCC",
        ["rgb"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAFklEQVR4nGP4z8DAAMH////nEpED" +
            "MgFF5wY3aySFmQAAAABJRU5ErkJggg==",
        ["rgba"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAAGklEQVR4nGP4z8DwHwzB6P//Bi4R" +
            "OSCL4T8AkJ8Ks2AHFbIAAAAASUVORK5CYII=",
        ["palette"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAgMAAADgGo6JAAAADFBMVEUAAAD/////AAAAAP8BHTNK" +
            "AAAAAnRSTlP/gAgPs2oAAAAMSURBVHicY5BgeAIAATAA/VbNHHMAAAAASUVORK5CYII=",
        ["pieces"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAB3RFWHRUaXRsZQB4KX5NOgAAAAZJ" +
            "REFUeJxjYGj4vHdUMQAAAAZJREFUz8AlIgcA2jkGPwAAAARJREFUCGcBvLnD3KsAAAAASUVORK5C" +
            "YII=",
        ["filters"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAFCAAAAAClGgl+AAAAHElEQVR4nGNgTdjNqBUdzaSqqsps" +
            "e1KIhUvjOgAsUwSbDNFIDQAAAABJRU5ErkJggg==",
        ["interlaced"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAHPGAlQAAAAEElEQVR4nGNgaPjPwCUiBwAIZwG8" +
            "nGc1oAAAAABJRU5ErkJggg==",
        ["bad filter"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAADklEQVR4nGNgZGJmBWIAAEgAEvH4" +
            "NJYAAAAASUVORK5CYII=",
        ["too few pixels"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAADCAAAAABzQ+pjAAAAEElEQVR4nGNgaPjPwCUiBwAIZwG8" +
            "nGc1oAAAAABJRU5ErkJggg==",
        ["too many pixels"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAABCAAAAAA+i0toAAAAEElEQVR4nGNgaPjPwCUiBwAIZwG8" +
            "nGc1oAAAAABJRU5ErkJggg==",
        ["no palette"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAgMAAADgGo6JAAAADElEQVR4nGNgYGAAAAAEAAH2FzhV" +
            "AAAAAElFTkSuQmCC",
        ["off the palette"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACBAMAAABvWnspAAAADFBMVEUAAAD/////AAAAAP8BHTNK" +
            "AAAADklEQVR4nGNgYGBgZQAAABAABqZ1/CwAAAAASUVORK5CYII=",
        ["odd depth"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAwAAAADPzwjXAAAAEElEQVR4nGNgaPjPwCUiBwAIZwG8" +
            "nGc1oAAAAABJRU5ErkJggg==",
        ["huge"] =
            "iVBORw0KGgoAAAANSUhEUgABEXAAAAACCAAAAABRvFA5AAAAEElEQVR4nGNgaPjPwCUiBwAIZwG8" +
            "nGc1oAAAAABJRU5ErkJggg==",
        ["unknown part"] =
            "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAAUFCQ0R4KrtWxAAAABBJREFUeJxj" +
            "YGj4z8AlIgcACGcBvJxnNaAAAAAASUVORK5CYII=",
    };
}
