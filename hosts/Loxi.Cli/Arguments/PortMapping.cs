using System.Globalization;

namespace Loxi.Cli.Arguments;

/// <summary>The ports of a service: <c>80:8080</c>, <c>80</c> (the same at the endpoints), <c>8080-8090:80</c>, or <c>8080-8090:0</c> and <c>8080-8090</c> (the one that the client used).</summary>
/// <param name="Port">First port of the service.</param>
/// <param name="PortMax">Last port of the service; equal to <paramref name="Port"/> for one port.</param>
/// <param name="TargetPort">Port of the endpoints; 0 = the one that the client used, for several ports only.</param>
internal readonly record struct PortMapping(ushort Port, ushort PortMax, ushort TargetPort)
{
    public const string Expected = "PORT[-LAST]:TARGETPORT with ports from 1 to 65535, e.g. 80:8080; PORT-LAST:0 keeps the port of the client";
    public const string ExpectedRange = "PORT or PORT-LAST with ports from 1 to 65535, e.g. 80";

    /// <summary>Reads ports with their target.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PortMapping mapping)
    {
        var colon = text.IndexOf(':');
        if (!TryParseRange(colon < 0 ? text : text[..colon], out mapping))
        {
            return false;
        }

        if (colon < 0)
        {
            return true;
        }

        ushort target = 0;
        var keeps = text[(colon + 1)..] is "0" && mapping.PortMax > mapping.Port;
        var found = keeps || TryParsePort(text[(colon + 1)..], out target);
        mapping = mapping with { TargetPort = target };
        return found;
    }

    /// <summary>Reads ports alone.</summary>
    public static bool TryParseRange(ReadOnlySpan<char> text, out PortMapping mapping)
    {
        var dash = text.IndexOf('-');
        var found = TryParsePort(dash < 0 ? text : text[..dash], out var port);
        var last = port;
        found = found && (dash < 0 || (TryParsePort(text[(dash + 1)..], out last) && last >= port));
        mapping = found ? new PortMapping(port, last, last > port ? (ushort)0 : port) : default;
        return found;
    }

    public static bool TryParsePort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
}
