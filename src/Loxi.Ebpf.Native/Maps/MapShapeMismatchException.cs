namespace Loxi.Ebpf.Native.Maps;

/// <summary>An existing map does not have the shape that is needed; the message names every difference.</summary>
public sealed class MapShapeMismatchException : EbpfException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="what">The map as the message names it.</param>
    /// <param name="expected">Shape that is needed.</param>
    /// <param name="actual">Shape that was found.</param>
    public MapShapeMismatchException(string what, MapShape expected, MapShape actual)
        : base($"use {what}", 0, detail: "its shape differs: " + string.Join("; ", expected.Differences(actual)))
    {
        Expected = expected;
        Actual = actual;
    }

    /// <summary>Shape that is needed.</summary>
    public MapShape Expected { get; }

    /// <summary>Shape that was found.</summary>
    public MapShape Actual { get; }
}
