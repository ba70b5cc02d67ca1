using System.CommandLine;
using System.Globalization;
using Loxi.Cli.Arguments;

namespace Loxi.Cli.Session;

/// <summary>The options that every command has: which node, for how long, as whom.</summary>
internal sealed class GlobalOptions
{
    public const string AddressVariable = "LOXI_API";
    public const string TokenVariable = "LOXI_TOKEN";
    public const string DefaultAddress = "http://127.0.0.1:11111";
    private const string ExpectedAddress = "a URL such as " + DefaultAddress;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GreatestTimeout = TimeSpan.FromHours(1);

    private readonly Option<string?> _api = OptionFactory.Text("--api", "url", $"The node's API. Default: ${AddressVariable}, else {DefaultAddress}.");

    private readonly Option<TimeSpan?> _timeout = OptionFactory.Single<TimeSpan?>(
        "--timeout", "seconds", "How long to wait for an answer. Default: 10.", "seconds, more than 0 and at most 3600", static (string text, out TimeSpan? value) => ReadSeconds(text, GreatestTimeout, out value));

    private readonly Option<string?> _token = OptionFactory.Text("--token", "token", $"Sent as the Authorization header. Default: ${TokenVariable}, which other users of the machine cannot see in the list of processes.");

    public void AddTo(Command root)
    {
        foreach (var option in (Option[])[_api, _timeout, _token])
        {
            option.Recursive = true;
            root.Add(option);
        }
    }

    public TimeSpan TimeoutOf(ParseResult parse) => parse.GetValue(_timeout) ?? DefaultTimeout;

    public Uri AddressOf(ParseResult parse, CliEnvironment environment)
    {
        if (parse.GetValue(_api) is { } option)
        {
            return Address("--api", option);
        }

        return environment.Variable(AddressVariable) is { Length: > 0 } variable ? Address(AddressVariable, variable) : Address("", DefaultAddress);
    }

    public string? TokenOf(ParseResult parse, CliEnvironment environment)
    {
        var (name, token) = parse.GetValue(_token) is { } option ? ("--token", option) : (TokenVariable, environment.Variable(TokenVariable));
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        // The token itself stays out of the message: messages end up in logs.
        return token.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? throw new CliException(ExitCode.Usage, $"{name}: expected printable ASCII characters, found others")
            : token;
    }

    public static bool ReadSeconds(string text, TimeSpan greatest, out TimeSpan? value)
    {
        var found = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds >= 0.001 && seconds <= greatest.TotalSeconds;
        value = found ? TimeSpan.FromSeconds(seconds) : null;
        return found;
    }

    public static Uri Address(string name, string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.Host.Length == 0 || uri.Query.Length != 0 || uri.Fragment.Length != 0)
        {
            throw new CliException(ExitCode.Usage, $"{name} '{text}': expected {ExpectedAddress}");
        }

        if (uri.UserInfo.Length != 0)
        {
            throw new CliException(ExitCode.Usage, $"{name}: expected {ExpectedAddress} without a user name and a password; a token is given with --token or {TokenVariable}");
        }

        // Relative paths replace what follows the last slash of the base.
        return uri.AbsolutePath.EndsWith('/') ? uri : new Uri(uri.AbsoluteUri + "/");
    }
}
