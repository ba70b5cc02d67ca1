namespace Loxi.Nat.DataPlane;

/// <summary>The tables that are pinned were made by a version with another layout. They are left as they are.</summary>
public sealed class PinnedLayoutException : Exception
{
    /// <summary>Says what was found.</summary>
    /// <param name="path">The pin directory.</param>
    /// <param name="found">What is there.</param>
    /// <param name="expected">What this version needs.</param>
    public PinnedLayoutException(string path, string found, string expected)
        : base($"The tables pinned in {path} have {found}, expected {expected}. They still carry traffic: run the version that made them, or remove them (loxid --purge).")
    {
        Path = path;
    }

    /// <summary>The pin directory.</summary>
    public string Path { get; }
}
