using System.Globalization;

namespace Loxi.Cli.Arguments;

/// <summary>The words for the numbers of the wire, as loxicmd spells them.</summary>
internal sealed class NumberNames(params string[] names)
{
    public static NumberNames Mode { get; } = new("default", "onearm", "fullnat", "dsr", "fullproxy", "hostonearm") { TakesNumbers = true };

    public static NumberNames Selection { get; } = new("rr", "hash", "priority", "persist", "lc", "n2", "n3") { TakesNumbers = true, Other = ("wrr", 2) };

    public static NumberNames Security { get; } = new("none", "https", "e2ehttps");

    public string Expected => "one of " + string.Join(", ", names) + (TakesNumbers ? $", or its number, 0 to {names.Length - 1}" : "");

    public IReadOnlyList<string> Names => names;

    /// <summary>Whether the numbers themselves are taken too.</summary>
    public bool TakesNumbers { get; init; }

    /// <summary>Another word for one of the numbers.</summary>
    public (string Name, long Number)? Other { get; init; }

    public long? NumberOf(string name)
    {
        if (TakesNumbers && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var given))
        {
            return given < names.Length ? given : null;
        }

        if (Other is { } other && other.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            return other.Number;
        }

        var number = Array.FindIndex(names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return number < 0 ? null : number;
    }

    /// <summary>The word; the number itself when this version has no word for it.</summary>
    public string NameOf(long? number) =>
        number is null ? names[0]
        : number >= 0 && number < names.Length ? names[(int)number]
        : number.Value.ToString(CultureInfo.InvariantCulture);
}
