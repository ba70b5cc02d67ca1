using System.Globalization;

namespace Loxi.TestKit.Traffic;

/// <summary>First line and headers of an HTTP message.</summary>
internal sealed record HttpHead(string FirstLine, IReadOnlyDictionary<string, string> Headers)
{
    internal long ContentLength => Headers.TryGetValue("content-length", out var text)
        ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new InvalidDataException($"Content-Length '{text}': expected a number")
        : 0;

    internal bool Close => Headers.TryGetValue("connection", out var value) && value.Equals("close", StringComparison.OrdinalIgnoreCase);

    /// <summary>Status code of a response.</summary>
    internal int Status => FirstLine.Split(' ') is [var version, var code, ..]
        && version.StartsWith("HTTP/1.", StringComparison.Ordinal)
        && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : throw new InvalidDataException($"HTTP status line '{FirstLine}': expected HTTP/1.x and a number");

    internal static HttpHead Parse(string text)
    {
        var lines = text.Split("\r\n");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new InvalidDataException($"HTTP header '{line}': expected 'name: value'");
            }

            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return new HttpHead(lines[0], headers);
    }
}
