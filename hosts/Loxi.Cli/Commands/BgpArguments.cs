using System.CommandLine;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loxi.Cli.Arguments;

namespace Loxi.Cli.Commands;

/// <summary>What the commands of BGP have in common.</summary>
internal static class BgpArguments
{
    /// <summary>loxicmd's names of a peer.</summary>
    public static readonly string[] NeighborAliases = ["bgpnei", "bgpneigh"];

    public static Argument<IPAddress?> Peer(ArgumentArity arity) => OptionFactory.AddressArgument("peer-ip", "The address of the peer.", arity);

    public static Argument<long?> RemoteAs(ArgumentArity arity) => As("remote-as", "The AS of the peer.", arity);

    public static Argument<long?> As(string name, string description, ArgumentArity arity) => new(name)
    {
        Description = description,
        Arity = arity,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= uint.MaxValue)
            {
                return number;
            }

            result.AddError($"{name} '{text}': expected a whole number from 1 to {uint.MaxValue}");
            return null;
        },
    };

    /// <summary>Reads the body of a policy or set from a file.</summary>
    public static T ReadDocument<T>(string path, CliEnvironment environment, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(environment.ReadFile(path), type) ?? throw new CliException(ExitCode.Usage, $"--file '{path}': expected JSON, found null");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(ExitCode.Usage, $"--file '{path}': expected a file that can be read ({e.Message})");
        }
        catch (JsonException e)
        {
            throw new CliException(ExitCode.Usage, $"--file '{path}': expected the JSON that the node's API takes ({e.Message})");
        }
    }
}
