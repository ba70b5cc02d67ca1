namespace Loxi.Scenarios.RootTests;

/// <summary>Values of the trait <c>Suite</c>.</summary>
internal static class Suites
{
    /// <summary>Not part of <c>./test.sh ci</c>: faults under traffic, some 20 s each; by <c>./test.sh matrix</c>.</summary>
    internal const string Matrix = "Matrix";

    /// <summary>Not part of <c>./test.sh ci</c>: with nodes of another version, which <c>./test.sh upgrade</c> builds.</summary>
    internal const string Upgrade = "Upgrade";
}
