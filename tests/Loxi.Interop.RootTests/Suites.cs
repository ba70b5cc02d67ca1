namespace Loxi.Interop.RootTests;

/// <summary>Values of the trait <c>Suite</c>.</summary>
internal static class Suites
{
    /// <summary>Part of <c>./test.sh ci</c>; the rest runs by <c>./test.sh interop</c> only. A minute for those of BFD, two for those of BGP.</summary>
    internal const string Quick = "Quick";
}
