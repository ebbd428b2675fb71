namespace DistTrain.Engine;

/// <summary>Is told of work that goes on outside the roles' turns and will come back with a
/// message.</summary>
internal interface IOutsideWork
{
    /// <summary>Something is under way: until <see cref="End"/> the silence of the roles is no
    /// deadlock.</summary>
    void Begin();

    /// <summary>It has posted its message.</summary>
    void End();

    /// <summary>A bug in it ends the run. Only the first reason counts.</summary>
    void Fail(Exception failure);
}
