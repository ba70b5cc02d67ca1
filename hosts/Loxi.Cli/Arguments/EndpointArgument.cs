using System.Globalization;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Core.Services;

namespace Loxi.Cli.Arguments;

/// <summary>An endpoint as it is given: address, weight, and whether it drains. The last colon before the weight separates it, so that IPv6 needs no brackets (they are allowed).</summary>
internal readonly record struct EndpointArgument(IPAddress Address, int Weight, bool Draining)
{
    public const string Expected = "ADDRESS:WEIGHT[:draining] with a weight from 1 to 65535, e.g. 192.0.2.10:1 or 2001:db8::10:1";

    private const string DrainingSuffix = ":draining";

    public static bool TryParse(string text, out EndpointArgument endpoint)
    {
        endpoint = default;
        var draining = text.EndsWith(DrainingSuffix, StringComparison.Ordinal);
        text = draining ? text[..^DrainingSuffix.Length] : text;
        var colon = text.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var weight) || weight is < 1 or > ServiceLimits.Weight)
        {
            return false;
        }

        var address = text[..colon];
        if (address is ['[', .., ']'])
        {
            address = address[1..^1];
        }

        if (!AddressText.TryParse(address, out var parsed))
        {
            return false;
        }

        endpoint = new EndpointArgument(parsed, weight, draining);
        return true;
    }
}
