using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Loxi.Api.Mapping;
using Loxi.Core.Services;
using Loxi.Ha.Transport;

namespace Loxi.Node.Options;

/// <summary>The text forms of flag values.</summary>
internal static class FlagValues
{
    public const string InstanceExpected = "1 to 32 characters of a-z, 0-9 and -";

    public static bool TryAddress(string text, out IPAddress? address) => AddressText.TryParse(text, out address);

    public static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= ushort.MaxValue;

    public static bool TryPrefixes(string text, out ImmutableArray<IPNetwork> prefixes)
    {
        var found = ImmutableArray.CreateBuilder<IPNetwork>();
        prefixes = [];
        foreach (var part in text.Split(','))
        {
            if (AddressText.TryParse(part, out var address))
            {
                found.Add(new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
            }
            else if (PrefixText.TryParse(part, out var prefix))
            {
                found.Add(prefix);
            }
            else
            {
                return false;
            }
        }

        prefixes = found.DrainToImmutable();
        return true;
    }

    public static bool TryInstance(string text, out string instance)
    {
        instance = text;
        return text.Length is >= 1 and <= 32 && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
    }

    public static bool TryDirectory(string text, out string directory)
    {
        var isPath = text.Length != 0 && !text.Contains('\0', StringComparison.Ordinal);
        directory = isPath ? Path.GetFullPath(text) : text;
        return isPath;
    }

    public static bool TryPurge(string text, out PurgeMode mode)
    {
        mode = text == "now" ? PurgeMode.Now : PurgeMode.OnExit;
        return text is "now" or "on-exit";
    }

    public static bool TryBgpStop(string text, out BgpStopMode mode)
    {
        mode = text == "restart" ? BgpStopMode.Restart : BgpStopMode.Leave;
        return text is "leave" or "restart";
    }

    public static bool TrySeed(string text, out ulong? seed)
    {
        var isHexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var parsed = isHexadecimal
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        seed = parsed ? value : null;
        return parsed;
    }

    public static bool TrySelf(string text, out int number) => TryNumber(text, 0, ushort.MaxValue, out number);

    public static bool TryPortSlices(string text, out int number) => TryNumber(text, 1, PortSlice.MaxCount, out number);

    public static bool TryBfdPriority(string text, out int number) => TryNumber(text, 0, 99, out number);

    public static bool TryAddresses(string text, out ImmutableArray<IPAddress> addresses)
    {
        var found = ImmutableArray.CreateBuilder<IPAddress>();
        foreach (var part in text.Split(','))
        {
            if (AddressText.TryParse(part, out var address))
            {
                found.Add(address);
            }
        }

        addresses = found.DrainToImmutable();
        return addresses.Length == text.Split(',').Length;
    }

    public static bool TryRouterId(string text, out IPAddress? id) =>
        AddressText.TryParse(text, out id) && id.AddressFamily == AddressFamily.InterNetwork && !id.Equals(IPAddress.Any);

    public static bool TryDrain(string text, out TimeSpan time)
    {
        var parsed = TryNumber(text, 0, 20_000, out var milliseconds);
        time = TimeSpan.FromMilliseconds(milliseconds);
        return parsed;
    }

    public static bool TryMaxConnections(string text, out int? number)
    {
        var parsed = TryNumber(text, 1024, 67_108_864, out var value);
        number = parsed ? value : null;
        return parsed;
    }

    public static bool TryHaInterval(string text, out TimeSpan time)
    {
        var parsed = TryNumber(text, 10, 10_000, out var milliseconds);
        time = TimeSpan.FromMilliseconds(milliseconds);
        return parsed;
    }

    public static bool TryHaMultiplier(string text, out int number) => TryNumber(text, 2, 50, out number);

    /// <summary><c>required</c> is enforce, and no node starts without keys.</summary>
    public static bool TryHaAuthentication(string text, out (HelloAuthenticationMode? Mode, bool Required) value)
    {
        value = text switch
        {
            "bootstrap" => (HelloAuthenticationMode.Bootstrap, false),
            "receive-only" => (HelloAuthenticationMode.ReceiveOnly, false),
            "permissive" => (HelloAuthenticationMode.Permissive, false),
            "enforce" => (HelloAuthenticationMode.Enforce, false),
            "required" => (HelloAuthenticationMode.Enforce, true),
            _ => (null, false),
        };
        return value.Mode is not null;
    }

    private static bool TryNumber(string text, int least, int greatest, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= greatest;
}
