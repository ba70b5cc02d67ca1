using System.Globalization;
using System.Net;

namespace Loxi.Lab;

/// <summary>Options of one command, <c>--name value</c>, or <c>--name=value</c> for values that begin with dashes; each may be given several times.</summary>
internal sealed class CommandArguments
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    internal CommandArguments(IReadOnlyList<string> args, params string[] known)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var (name, inline) = args[i].Split('=', 2) is [var before, var after] ? (before, after) : (args[i], null);
            if (!known.Contains(name))
            {
                throw new UsageException($"option '{name}': expected one of {string.Join(", ", known)}");
            }

            if (!_values.TryGetValue(name, out var values))
            {
                _values[name] = values = [];
            }

            if (inline is not null)
            {
                values.Add(inline);
            }
            else if (i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                values.Add(args[++i]);
            }
        }
    }

    internal bool Has(string name) => _values.ContainsKey(name);

    internal IReadOnlyList<string> All(string name) => _values.GetValueOrDefault(name) ?? [];

    internal string Required(string name) => All(name) is [.., var value] ? value : throw new UsageException($"option {name}: a value is required");

    internal int Integer(string name, int fallback, int least, int most)
        => All(name) is [.., var text] ? Integer(name, text, least, most) : fallback;

    internal static int Integer(string name, string text, int least, int most)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new UsageException($"option {name} '{text}': expected a number from {least} to {most}");

    /// <summary>Milliseconds.</summary>
    internal TimeSpan? Milliseconds(string name)
        => All(name) is [.., var text] ? TimeSpan.FromMilliseconds(Integer(name, text, 0, int.MaxValue)) : null;

    internal IPEndPoint EndPoint(string name)
    {
        var text = Required(name);
        return IPEndPoint.TryParse(text, out var endPoint) && endPoint.Port != 0
            ? endPoint
            : throw new UsageException($"option {name} '{text}': expected ADDRESS:PORT, IPv6 in brackets");
    }

    internal static IPAddress Address(string name, string text)
        => IPAddress.TryParse(text, out var address) ? address : throw new UsageException($"option {name} '{text}': expected an IP address");
}
