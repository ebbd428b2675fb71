using System.Reflection;
using Xunit.Sdk;

namespace DistTrain.Engine.Tests;

/// <summary>Every worker count with every slice count of the contract.</summary>
internal sealed class CombinatorialWorkersAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from workers in new[] { 1, 2, 3, 5, 8, 13 }
        from slices in new[] { 1, 2, 3 }
        select new object[] { workers, slices };
}
