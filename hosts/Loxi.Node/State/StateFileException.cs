using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Node.State;

/// <summary>A state file that cannot be used. The message names the file and every problem in it.</summary>
internal sealed class StateFileException(string path, ImmutableArray<Problem> problems, Exception? innerException = null)
    : Exception(Compose(path, problems), innerException)
{
    private const int Spelled = 20;

    public ImmutableArray<Problem> Problems { get; } = problems;

    private static string Compose(string path, ImmutableArray<Problem> problems)
    {
        var lines = string.Join('\n', problems.Take(Spelled).Select(problem => $"{path}: {problem}"));
        return problems.Length > Spelled ? $"{lines}\n{path}: and {problems.Length - Spelled} more problems" : lines;
    }
}
