namespace Loxi.Core;

/// <summary>One thing that is wrong with a value that a user gave: which member, what it held, what was expected.</summary>
/// <param name="Field">Path of the member in the REST form of the value, e.g. <c>serviceArguments.port</c> or <c>endpoints[2].weight</c>; a file or flag name may precede it.</param>
/// <param name="Value">The offending value as text, at most 128 characters and without control characters (see <see cref="Of"/>).</param>
/// <param name="Expected">What would have been accepted, as a phrase that follows "expected".</param>
public sealed record Problem(string Field, string Value, string Expected)
{
    private const int LongestValue = 128;

    /// <summary>Makes a problem from any value; control characters become <c>?</c> and a long text is cut at 128 characters.</summary>
    /// <param name="field">Path of the member.</param>
    /// <param name="value">The offending value; null reads as <c>null</c>.</param>
    /// <param name="expected">What would have been accepted.</param>
    /// <returns>The problem.</returns>
    public static Problem Of(string field, object? value, string expected)
    {
        var text = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "null";
        var cut = text.Length > LongestValue;
        var length = cut ? LongestValue - 3 : text.Length;
        var clean = string.Create(length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '?' : source[i];
            }
        });
        return new Problem(field, cut ? clean + "..." : clean, expected);
    }

    /// <summary>The same problem inside a larger document.</summary>
    /// <param name="prefix">What to put before <see cref="Field"/>, e.g. <c>lbAttr[3].</c>.</param>
    /// <returns>The problem with the longer path.</returns>
    public Problem Within(string prefix) => this with { Field = prefix + Field };

    /// <summary>One line: <c>field: value 'x', expected y</c>.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => $"{Field}: value '{Value}', expected {Expected}";
}
