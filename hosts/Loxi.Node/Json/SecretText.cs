namespace Loxi.Node.Json;

/// <summary>Keeps secrets out of what is said about a wrong value: it ends up in answers and logs.</summary>
internal static class SecretText
{
    private const string Hidden = "...";
    private static readonly string[] Steps = ["auth", "authentication", "keys", "secret", "password"];

    /// <summary>The text of a value, or dots when it may hold a secret.</summary>
    /// <param name="field">The path of the member, e.g. <c>auth.keys[0].secret</c>.</param>
    /// <param name="text">The value as it was written.</param>
    public static string Hide(string field, string text) => field.Split('.', '[').Any(IsSecret) || HasSecret(text) ? Hidden : text;

    private static bool IsSecret(string step) => Steps.Contains(step, StringComparer.OrdinalIgnoreCase);

    private static bool HasSecret(string text) => text.Contains("secret", StringComparison.OrdinalIgnoreCase) || text.Contains("password", StringComparison.OrdinalIgnoreCase);
}
