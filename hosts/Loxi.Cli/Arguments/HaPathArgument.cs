using System.CommandLine;
using System.Net.Sockets;
using Loxi.Api.Mapping;
using Loxi.Api.V1;

namespace Loxi.Cli.Arguments;

/// <summary>Ways to another node as arguments: <c>ADDRESS[%IFNAME][,OWN-ADDRESS]</c>.</summary>
internal static class HaPathArgument
{
    public const string Expected = "ADDRESS[%IFNAME][,OWN-ADDRESS] such as 192.0.2.2, 192.0.2.2,192.0.2.1 or fe80::2%eth0";

    public static Argument<HaPathSettings[]> Create() => new("path")
    {
        Description = "The ways to it, two or more are recommended: " + Expected + ".",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = static result =>
        {
            var paths = new List<HaPathSettings>();
            foreach (var token in result.Tokens)
            {
                if (TryParse(token.Value, out var path))
                {
                    paths.Add(path);
                }
                else
                {
                    result.AddError($"path '{token.Value}': expected {Expected}");
                }
            }

            return [.. paths];
        },
    };

    public static bool TryParse(string text, out HaPathSettings path)
    {
        var (address, own) = Split(text, ',');
        (address, var link) = Split(address, '%');
        path = new HaPathSettings { Address = address, Local = own, Interface = link };
        return AddressText.TryParse(address, out var peer) && link?.Length != 0
            && (own is null || (AddressText.TryParse(own, out var local) && local.AddressFamily == peer.AddressFamily))
            && (link is not null || peer.AddressFamily != AddressFamily.InterNetworkV6 || !peer.IsIPv6LinkLocal);
    }

    private static (string Before, string? After) Split(string text, char separator) =>
        text.IndexOf(separator, StringComparison.Ordinal) is >= 0 and var at ? (text[..at], text[(at + 1)..]) : (text, null);
}
