namespace Loxi.Cli.Session;

/// <summary>Whether a secret may be sent to a node: not where others could read it on the way.</summary>
internal static class SecretTransport
{
    public const string Expected = "https, or http to loopback: for another machine a tunnel such as ssh -L 11112:127.0.0.1:11111 NODE, then http://127.0.0.1:11112";

    public static bool IsPrivate(Uri api) => api.Scheme == Uri.UriSchemeHttps || api.IsLoopback;

    /// <summary>Refuses to go on where it is not.</summary>
    public static void Require(string option, Uri api)
    {
        if (!IsPrivate(api))
        {
            throw new CliException(ExitCode.Usage, $"{option} '{api}': expected {Expected}; keys are not sent in plain text");
        }
    }
}
