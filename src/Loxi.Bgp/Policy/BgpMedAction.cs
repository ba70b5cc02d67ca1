namespace Loxi.Bgp.Policy;

/// <summary>Sets or changes MULTI_EXIT_DISC.</summary>
/// <param name="Method">How.</param>
/// <param name="Value">0 to 4,294,967,295.</param>
public sealed record BgpMedAction(BgpMedMethod Method, uint Value)
{
    /// <summary>Reads <c>100</c>, <c>+10</c> or <c>-10</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="action">The action; null when the text is none.</param>
    /// <returns>True when the text is one.</returns>
    public static bool TryParse(string? text, out BgpMedAction? action)
    {
        action = null;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var method = text[0] switch { '+' => BgpMedMethod.Add, '-' => BgpMedMethod.Subtract, _ => BgpMedMethod.Set };
        if (!PolicyText.TryNumber(method == BgpMedMethod.Set ? text : text.AsSpan(1), uint.MaxValue, out var value))
        {
            return false;
        }

        action = new(method, (uint)value);
        return true;
    }

    /// <summary>The form that <see cref="TryParse"/> reads.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
        => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Method switch { BgpMedMethod.Add => "+", BgpMedMethod.Subtract => "-", _ => "" }}{Value}");
}
