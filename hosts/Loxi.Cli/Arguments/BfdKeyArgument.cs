using System.Globalization;
using System.Text;
using Loxi.Api.Wire;

namespace Loxi.Cli.Arguments;

/// <summary>A key of a BFD session as it is given: <c>ID:SECRET</c>; the secret may hold colons.</summary>
internal static class BfdKeyArgument
{
    public const string Expected = "ID:SECRET with an ID from 0 to 255 and a secret of 1 to 20 bytes";

    /// <summary>Longest secret in bytes; which of the kinds allows less is for the node to say.</summary>
    private const int LongestSecret = 20;

    public static bool TryParse(string text, out BfdKeyArguments key)
    {
        key = new BfdKeyArguments();
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || !byte.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return false;
        }

        key = new BfdKeyArguments { Id = id, Secret = text[(colon + 1)..] };
        return Encoding.UTF8.GetByteCount(key.Secret) is >= 1 and <= LongestSecret;
    }
}
