namespace Loxi.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Refused = 1;
    public const int Usage = 2;
    public const int Unreachable = 3;
    public const int NotFound = 4;

    /// <summary>128 + SIGINT, as a shell reports it.</summary>
    public const int Cancelled = 130;

    public const string Explanation = """
        Exit codes:
          0  done
          1  the node refused, its reasons are on standard error, one a line; or 'ha check' or 'get conntrack --compare' found something
          2  the command line is wrong; nothing was sent
          3  the node cannot be reached, or what answers is no node
          4  what was named does not exist
          130  interrupted

        Environment:
          LOXI_API    the node's address when --api is not given
          LOXI_TOKEN  the token when --token is not given
          NO_COLOR    no colours when set and not empty
        """;
}
