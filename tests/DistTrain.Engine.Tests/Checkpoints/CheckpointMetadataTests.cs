using System.Text;
using System.Text.Json;

namespace DistTrain.Engine.Tests;

/// <summary>The text part of a checkpoint, as files out there have it.</summary>
public sealed class CheckpointMetadataTests
{
    private const string Text = """
        {"program":"0.1.0","run":"00112233-4455-6677-8899-aabbccddeeff","data":{"name":"pairs",
        "trainingSha256":"ab12","validationSha256":"cd34","features":2,"classes":3,"imageRows":1,
        "imageColumns":2},"scaling":"standard","scalesBytes":false,"version":7,"stepsPerEpoch":5,
        "canContinue":true,"bestVersion":5,"stopping":{"best":0.30000000000000004,
        "epochsSinceBest":1},"history":{"epochs":[{"epoch":1,"steps":5,"learningRate":0.001,
        "trainLoss":0.7,"trainAccuracy":0.1,"validationLoss":"NaN","validationAccuracy":0.25,
        "seconds":1.5,"samplesPerSecond":1000}],"running":{"lossSum":0.3333333333333333,
        "correct":2,"samples":16,"meanLoss":0.020833333333333332,"accuracy":0.125},
        "runningSeconds":0.25}}
        """;

    private static string OneLine => Text.ReplaceLineEndings("");

    [Fact]
    public void The_text_is_the_one_that_was_always_written() =>
        Encoding.UTF8.GetString(Written().ToJson()).ShouldBe(OneLine);

    [Fact]
    public void The_text_is_read_again()
    {
        CheckpointMetadata read = Read(OneLine);
        Encoding.UTF8.GetString(read.ToJson()).ShouldBe(OneLine);
        read.History.Epochs.ShouldBe(Examples.Tiny().History.Epochs);
    }

    [Theory]
    [InlineData("\"version\":7,", "")]
    [InlineData("\"version\":7,", "\"version\":7,\"colour\":1,")]
    [InlineData("\"name\":\"pairs\"", "\"name\":null")]
    [InlineData("\"epochsSinceBest\":1", "\"epochsSince\":1")]
    [InlineData("\"standard\"", "\"gaussian\"")]
    public void What_is_missing_unknown_or_null_is_refused(string good, string bad)
    {
        OneLine.ShouldContain(good);
        Should.Throw<JsonException>(() => Read(OneLine.Replace(good, bad)));
    }

    private static CheckpointMetadata Written() =>
        CheckpointMetadata.Of(Examples.Tiny() with { ProgramVersion = "0.1.0" });

    private static CheckpointMetadata Read(string text) =>
        CheckpointMetadata.FromJson(Encoding.UTF8.GetBytes(text));
}
