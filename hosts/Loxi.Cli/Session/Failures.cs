using System.Globalization;
using System.Net;
using System.Net.Http;
using Loxi.Api.Client;
using Loxi.Api.Wire;

namespace Loxi.Cli.Session;

/// <summary>What went wrong between here and the node, in words and as an exit code.</summary>
internal static class Failures
{
    /// <summary>Translates what the client throws; null for what is no failure of a call.</summary>
    public static CliException? Translate(Exception exception, NodeSession session) => exception switch
    {
        LoxiApiException refused => Refused(refused, session),
        HttpRequestException unreachable => Unreachable(unreachable, session),
        OperationCanceledException { InnerException: TimeoutException } => new CliException(
            ExitCode.Unreachable,
            string.Create(CultureInfo.InvariantCulture, $"{session.Address}: no answer within {session.Timeout.TotalSeconds} s"),
            "check that loxid runs and is not overloaded, or wait longer with --timeout"),
        _ => null,
    };

    private static CliException Refused(LoxiApiException exception, NodeSession session)
    {
        if (exception.StatusCode is null || (exception.StatusCode == HttpStatusCode.NotFound && exception.Error is null))
        {
            return new CliException(
                ExitCode.Unreachable,
                $"{session.Address}: what answers here is no Loxi node: {MessageOf(exception, session)}",
                $"check the URL: --api or {GlobalOptions.AddressVariable}");
        }

        var error = exception.Error;
        if (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return error?.Result is { } absent
                ? new CliException(ExitCode.NotFound, $"{session.Address}: {absent}")
                : new CliException(ExitCode.Refused, $"{session.Address}: this node has no such function: {MessageOf(exception, session)}", "check the node's version: loxictl get version");
        }

        List<string> lines = [$"{session.Address}: the node refused: {Reason(exception, error, session)}"];
        foreach (var problem in error?.Errors ?? [])
        {
            lines.Add($"{problem.Field} '{problem.Value}': expected {problem.Expected}");
        }

        if (exception.StatusCode == HttpStatusCode.Unauthorized)
        {
            lines.Add($"give a token with --token or {GlobalOptions.TokenVariable}");
        }

        return new CliException(ExitCode.Refused, lines);
    }

    // The text of a refused service spells its problems after its name; they follow one a line.
    private static string Reason(LoxiApiException exception, ErrorBody? error, NodeSession session)
    {
        if (error is null)
        {
            return MessageOf(exception, session);
        }

        var text = error.Result ?? error.Message ?? MessageOf(exception, session);
        if (error.Errors is { Count: > 0 } && text.IndexOf(": ", StringComparison.Ordinal) is > 0 and var end)
        {
            text = text[..end];
        }

        return string.Create(CultureInfo.InvariantCulture, $"{text} ({(int?)exception.StatusCode})");
    }

    // The node's address begins the line already.
    private static string MessageOf(LoxiApiException exception, NodeSession session) =>
        exception.Message.Replace(session.Address.AbsoluteUri, "/", StringComparison.Ordinal);

    private static CliException Unreachable(HttpRequestException exception, NodeSession session)
    {
        var check = exception.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"check the host name in --api or {GlobalOptions.AddressVariable}",
            HttpRequestError.SecureConnectionError => "check that the port speaks TLS and that its certificate is trusted here, or use http://",
            HttpRequestError.ConnectionError => $"check that loxid runs (systemctl status loxid) and listens on this address; name another one with --api or {GlobalOptions.AddressVariable}",
            _ => $"check that loxid is what listens there; name another address with --api or {GlobalOptions.AddressVariable}",
        };
        var cause = exception.GetBaseException().Message;
        var reason = exception.Message.Contains(cause, StringComparison.Ordinal) ? exception.Message : $"{exception.Message} {cause}";
        return new CliException(ExitCode.Unreachable, $"{session.Address}: cannot be reached: {reason}", check);
    }
}
