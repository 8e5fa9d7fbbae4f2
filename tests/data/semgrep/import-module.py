# ruleid: import-module
import pickle
# ruleid: import-module
import os, pickle as p
# ok: import-module
import json
