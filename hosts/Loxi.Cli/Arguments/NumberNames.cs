namespace Loxi.Cli.Arguments;

/// <summary>The words for the numbers of the wire, as loxicmd spells them.</summary>
internal sealed class NumberNames(params string[] names)
{
    public static NumberNames Mode { get; } = new("default", "onearm", "fullnat", "dsr", "fullproxy", "hostonearm");

    public static NumberNames Selection { get; } = new("rr", "hash", "priority", "persist", "lc", "n2", "n3");

    public static NumberNames Security { get; } = new("none", "https", "e2ehttps");

    public string Expected { get; } = "one of " + string.Join(", ", names);

    public IReadOnlyList<string> Names => names;

    public long? NumberOf(string name)
    {
        var number = Array.FindIndex(names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return number < 0 ? null : number;
    }

    /// <summary>The word; the number itself when this version has no word for it.</summary>
    public string NameOf(long? number) =>
        number is null ? names[0]
        : number >= 0 && number < names.Length ? names[(int)number]
        : number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
