using System.Text.Json;
using System.Text.Json.Serialization;
using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>
/// How <see cref="CheckpointMetadata"/> is written and read: code that the compiler makes, where
/// reflection takes 15 ms longer for the first checkpoint.
/// </summary>
// A diverged validation loss is a legitimate number of the history.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(CamelCaseNames<PixelScaling>)],
    MaxDepth = 16)]
[JsonSerializable(typeof(CheckpointMetadata))]
internal sealed partial class CheckpointJson : JsonSerializerContext;

internal sealed class CamelCaseNames<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
