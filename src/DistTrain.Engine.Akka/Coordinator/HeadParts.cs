namespace DistTrain.Engine.Akka;

/// <summary>What a coordinator stands on.</summary>
/// <param name="Head">This head.</param>
/// <param name="Store">What it keeps.</param>
/// <param name="Node">Links.</param>
/// <param name="Inbox">What lanes bring to the head.</param>
/// <param name="Cluster">Which nodes there are.</param>
internal sealed record HeadParts(
    HeadNode Head, HeadStore Store, NodeContext Node, HeadInbox Inbox, IClusterView Cluster);
