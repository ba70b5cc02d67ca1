using System.Collections.Immutable;
using System.Net;

namespace Loxi.Node.Options;

/// <summary>Which gateways are watched (R13).</summary>
internal sealed record GatewayChoice
{
    /// <summary>The next hops that the routes of this host have on the interfaces of the VIPs, for the groups of those VIPs.</summary>
    public static GatewayChoice Automatic { get; } = new() { IsAutomatic = true };

    public static GatewayChoice None { get; } = new();

    public bool IsAutomatic { get; private init; }

    /// <summary>Those that were named, for all groups.</summary>
    public ImmutableArray<IPAddress> Addresses { get; private init; } = [];

    public static bool TryParse(string text, out GatewayChoice choice)
    {
        choice = text == "auto" ? Automatic : None;
        if (text is "auto" or "none")
        {
            return true;
        }

        var isList = FlagValues.TryAddresses(text, out var addresses) && addresses.Length <= Ha.GatewayPlan.Most && addresses.All(Core.Services.AddressRules.IsUsable);
        choice = new GatewayChoice { Addresses = isList ? [.. addresses.Distinct()] : [] };
        return isList;
    }
}
