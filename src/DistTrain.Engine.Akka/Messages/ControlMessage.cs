namespace DistTrain.Engine.Akka;

/// <summary>
/// What engines of nodes tell each other beside the protocol. Each is a sealed record of this
/// assembly whose fields are primitives, texts, Guids, enums, records like it, or arrays of those:
/// <see cref="ControlSerializer"/> writes and reads nothing else.
/// </summary>
internal abstract record ControlMessage;
