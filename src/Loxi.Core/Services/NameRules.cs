namespace Loxi.Core.Services;

/// <summary>What names of VIP groups and source pools look like: they are part of paths, files and tables.</summary>
public static class NameRules
{
    /// <summary>Longest name.</summary>
    public const int Length = 63;

    /// <summary>What <see cref="IsValid"/> accepts, as a phrase that follows "expected".</summary>
    public const string Expected = "1 to 63 characters of A-Z, a-z, 0-9, '-', '_' and '.', the first a letter or digit";

    /// <summary>Whether a text can be the name of a VIP group or a source pool.</summary>
    /// <param name="name">The text.</param>
    /// <returns>True when it can.</returns>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= Length } && char.IsAsciiLetterOrDigit(name[0])
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
