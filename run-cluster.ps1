<#
.SYNOPSIS
Starts a cluster on this machine: processes, or containers with -Docker.

.DESCRIPTION
Only calls the program or compose; run-cluster.sh does the same.

.PARAMETER Workers
How many workers.

.PARAMETER Engine
The engine of the processes: tcp or akka.

.PARAMETER Recipe
A shipped recipe's name or a file.

.PARAMETER Docker
Containers instead of processes: needs Docker with compose.

.PARAMETER Options
Goes on to the program, as it stands.

.EXAMPLE
./run-cluster.ps1 -Workers 4 -Recipe ann-128-32 -Options '--epochs', '5'
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 1024)]
    [int] $Workers = 3,

    [string] $Engine = 'tcp',

    [string] $Recipe = 'quickstart',

    [switch] $Docker,

    [string[]] $Options = @()
)

$ErrorActionPreference = 'Stop'

if (-not $Docker) {
    $arguments = @('train', $Recipe, '--engine', $Engine, '--workers', "$Workers") + $Options
    if (Get-Command disttrain -ErrorAction SilentlyContinue) {
        & disttrain @arguments
    }
    else {
        $project = Join-Path $PSScriptRoot 'src/DistTrain.Cli'
        $build = if ($Engine -eq 'akka') { @('-p:AkkaEngine=true') } else { @() }
        & dotnet run -c Release --project $project @build '--' @arguments
    }
    exit $LASTEXITCODE
}

if ($Engine -ne 'tcp') {
    [Console]::Error.WriteLine("error: -Engine ${Engine}: this starts containers of the engine tcp")
    [Console]::Error.WriteLine("  hint: for akka see 'A cluster on Akka.NET' in docker/README.md")
    exit 2
}
if (Test-Path -PathType Leaf $Recipe) {
    [Console]::Error.WriteLine("error: -Recipe ${Recipe}: a container sees no file of this machine")
    [Console]::Error.WriteLine('  hint: name a shipped recipe and give the rest as options')
    exit 2
}
$file = Join-Path $PSScriptRoot 'docker/compose.yml'
& docker compose version *> $null
$hasPlugin = $LASTEXITCODE -eq 0
function Invoke-Compose {
    if ($hasPlugin) { & docker compose -f $file @args } else { & docker-compose -f $file @args }
}
$env:DISTTRAIN_RECIPE = $Recipe
$env:DISTTRAIN_OPTIONS = "--min-workers $Workers $Options"
if (-not $env:DISTTRAIN_RUN) {
    $env:DISTTRAIN_RUN = (Get-Date -Format 'yyyyMMdd-HHmmss') + "-$Recipe"
}

# The containers go, the volumes stay. Ctrl-C: the head finishes its step and saves before.
$code = 1
$isOver = $false
try {
    Invoke-Compose up -d --scale "worker=$Workers"
    if ($LASTEXITCODE -eq 0) {
        $head = Invoke-Compose ps -q head
        & docker logs --follow $head
        $code = [int] (& docker wait $head)
    }
    $isOver = $true
}
finally {
    if (-not $isOver) {
        $stoppedAt = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
        Invoke-Compose stop
        if ($head) { & docker logs --since $stoppedAt $head }
    }
    Invoke-Compose down
}
exit $code
